create table settings (project text not null, environment text not null, primary key (project, environment));
alter table settings add unique (project, environment);
create table approvals (project text not null, environment text not null, reviewer int, primary key (project, environment));
alter table approvals add unique (project, environment);
alter table approvals add constraint once_more unique (project, environment);
alter table approvals add constraint one_reviewer unique (reviewer);
alter table approvals add constraint one_reviewer_later unique (reviewer) deferrable;
