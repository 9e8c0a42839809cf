create sequence s increment 2;
create table t (a bigint default nextval('s'));
create table u (a int);
