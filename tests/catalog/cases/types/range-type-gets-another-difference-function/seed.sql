insert into t values (1, '[1,2]', array['{[1,2]}'::floatsmultirange]);
