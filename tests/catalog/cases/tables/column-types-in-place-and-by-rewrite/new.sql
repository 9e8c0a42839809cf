create table t (a bigint, b varchar(20), c text, d text, e varchar(30), f timestamptz, g numeric(12,2), h char(6), i varbit(8), j bigint[]);
