begin;

set check_function_bodies = off;

revoke usage on schema public from public;

grant create, usage on schema s to corpus_a;

revoke usage on type public.e from public;

grant usage on domain public.d to corpus_a;

grant usage on foreign data wrapper w to corpus_a;

grant usage on foreign server sv to corpus_a;

revoke execute on function public.f() from public;

grant execute on function public.f() to corpus_a;

grant execute on procedure public.p() to corpus_a;

grant usage on sequence public.q to corpus_a;

commit;
