begin;

alter policy p on public.t to corpus_a, corpus_b;

alter policy p on public.t using (true);

commit;
