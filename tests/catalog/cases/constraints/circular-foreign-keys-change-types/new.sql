create table a (id bigint primary key, b_id bigint); create table b (id bigint primary key, a_id bigint references a); alter table a add constraint ab foreign key (b_id) references b;
