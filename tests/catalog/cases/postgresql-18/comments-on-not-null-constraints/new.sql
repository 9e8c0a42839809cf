-- since: 18
create table t (a int constraint x not null, b int constraint y not null);
comment on constraint y on t is 'why not';
