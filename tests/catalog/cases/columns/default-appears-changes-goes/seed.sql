insert into w default values;
