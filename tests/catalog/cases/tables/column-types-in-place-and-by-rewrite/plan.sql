begin;

alter table public.t alter column a type bigint,
  alter column b type character varying(20),
  alter column c type text,
  alter column d type text,
  alter column e type character varying(30),
  alter column f type timestamp with time zone,
  alter column g type numeric(12,2),
  alter column h type character(6),
  alter column i type bit varying(8) using i::text::bit varying(8),
  alter column j type bigint[] using j::bigint[];

commit;
