create table t (a smallserial, b serial, c int);
