create table w (a int) with (fillfactor=70);
