create table t (a int);
create policy p on t to corpus_b, corpus_a using (true);
