create table w (a bigint[] default '{1,2}', b varchar(10)[] default '{}'); create index on w using gin (a);
