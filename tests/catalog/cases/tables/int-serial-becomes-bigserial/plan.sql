begin;

alter table public.u drop constraint u_t_id_fkey;

drop materialized view public.mw;

drop view public.w;

alter table only public.t alter column id drop default;

alter table only public.u alter column id drop default;

alter sequence public.t_id_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

alter sequence public.u_id_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

alter table public.t alter column id type bigint;

alter table public.u alter column id type bigint,
  alter column t_id type bigint;

alter table only public.t alter column id set default nextval('public.t_id_seq'::regclass);

alter table only public.u alter column id set default nextval('public.u_id_seq'::regclass);

create or replace view public.w as
 SELECT u.id,
    t.v
   FROM (public.u
     JOIN public.t ON ((t.id = u.t_id)));

create materialized view public.mw as
 SELECT id
   FROM public.w;

alter table public.u add constraint u_t_id_fkey FOREIGN KEY (t_id) REFERENCES public.t(id);

CREATE UNIQUE INDEX mw_id ON public.mw USING btree (id);

commit;
