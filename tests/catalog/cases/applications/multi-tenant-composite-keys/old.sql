create table tenants (id int primary key);
create table customers (tenant_id int references tenants, id int, email text, primary key (tenant_id, id), unique (tenant_id, email));
create table invoices (tenant_id int, id int, customer_id int, primary key (tenant_id, id), foreign key (tenant_id, customer_id) references customers);
create table lines (tenant_id int, invoice_id int, n int, amount numeric, primary key (tenant_id, invoice_id, n), foreign key (tenant_id, invoice_id) references invoices on delete cascade);
create view totals as select tenant_id, invoice_id, sum(amount) as total from lines group by 1, 2;
create view per_customer as select i.tenant_id, i.customer_id, sum(t.total) from invoices i join totals t on t.tenant_id = i.tenant_id and t.invoice_id = i.id group by 1, 2;
