begin;

alter domain public.d drop not null;

alter domain public.d add constraint y not null;

alter domain public.d add constraint d_check CHECK ((VALUE > 0));

commit;
