create table tenants (id uuid primary key);
create table customers (tenant_id uuid references tenants, id bigint, email text, primary key (tenant_id, id), unique (tenant_id, email) include (id));
create table invoices (tenant_id uuid, id bigint, customer_id bigint, primary key (tenant_id, id), foreign key (tenant_id, customer_id) references customers on update cascade);
create table lines (tenant_id uuid, invoice_id bigint, n int, amount numeric(12,2), primary key (tenant_id, invoice_id, n), foreign key (tenant_id, invoice_id) references invoices on delete cascade);
create view totals as select tenant_id, invoice_id, sum(amount) as total from lines group by 1, 2;
create view per_customer as select i.tenant_id, i.customer_id, sum(t.total) from invoices i join totals t on t.tenant_id = i.tenant_id and t.invoice_id = i.id group by 1, 2;
