begin;

-- loses the values of public.metrics.labels
alter table public.metrics drop column labels;

alter table public.metrics_2024 set (fillfactor='70');

commit;
