begin;

alter table public.w alter column a type text collate "C",
  alter column b type text collate "C",
  alter column c type text collate "POSIX";

commit;
