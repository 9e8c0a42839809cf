begin;

alter table public.w alter column a type character varying(20),
  alter column b type character varying,
  alter column c type character(5),
  alter column d type numeric(8,2),
  alter column e type timestamp(6) without time zone,
  alter column f type bit varying(5) using f::text::bit varying(5);

commit;
