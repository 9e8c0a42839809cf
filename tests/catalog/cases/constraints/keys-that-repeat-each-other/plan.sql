begin;

create table public.approvals (
  project text not null,
  environment text not null,
  reviewer integer,
  constraint approvals_pkey PRIMARY KEY (project, environment),
  constraint one_reviewer UNIQUE (reviewer),
  constraint one_reviewer_later UNIQUE (reviewer) DEFERRABLE
);

alter table public.approvals add constraint approvals_project_environment_key UNIQUE (project, environment);

alter table public.approvals add constraint once_more UNIQUE (project, environment);

alter table public.settings add constraint settings_pkey PRIMARY KEY (project, environment);

alter table public.settings add constraint settings_project_environment_key UNIQUE (project, environment);

commit;
