create sequence my_seq;
create table t (a int default nextval('my_seq') primary key);
alter sequence my_seq owned by t.a;
