create table w (a int[] default '{1,2}', b text[] default '{}'); create index on w using gin (a);
