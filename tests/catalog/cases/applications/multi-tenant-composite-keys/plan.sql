begin;

alter table public.customers drop constraint customers_tenant_id_email_key;

alter table public.customers drop constraint customers_tenant_id_fkey;

alter table public.invoices drop constraint invoices_tenant_id_customer_id_fkey;

alter table public.lines drop constraint lines_tenant_id_invoice_id_fkey;

drop view public.per_customer;

drop view public.totals;

alter table public.customers alter column tenant_id type uuid using tenant_id::text::uuid;

alter table public.invoices alter column tenant_id type uuid using tenant_id::text::uuid;

alter table public.lines alter column tenant_id type uuid using tenant_id::text::uuid;

alter table public.tenants alter column id type uuid using id::text::uuid;

alter table public.customers alter column id type bigint;

alter table public.invoices alter column id type bigint;

alter table public.lines alter column invoice_id type bigint;

alter table public.invoices alter column customer_id type bigint;

alter table public.lines alter column amount type numeric(12,2);

create or replace view public.totals as
 SELECT tenant_id,
    invoice_id,
    sum(amount) AS total
   FROM public.lines
  GROUP BY tenant_id, invoice_id;

create or replace view public.per_customer as
 SELECT i.tenant_id,
    i.customer_id,
    sum(t.total) AS sum
   FROM (public.invoices i
     JOIN public.totals t ON (((t.tenant_id = i.tenant_id) AND (t.invoice_id = i.id))))
  GROUP BY i.tenant_id, i.customer_id;

alter table public.customers add constraint customers_tenant_id_email_id_key UNIQUE (tenant_id, email) INCLUDE (id);

alter table public.customers add constraint customers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

alter table public.invoices add constraint invoices_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customers(tenant_id, id) ON UPDATE CASCADE;

alter table public.lines add constraint lines_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoices(tenant_id, id) ON DELETE CASCADE;

commit;
