create table m (a int, b text, check (a > 0)) partition by list (a);
create table m1 (b text default 'own' not null, a int, constraint m_a_check check (a > 0), check (b <> ''));
alter table m attach partition m1 for values in (1);
