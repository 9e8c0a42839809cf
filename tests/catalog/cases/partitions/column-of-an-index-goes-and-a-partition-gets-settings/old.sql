create table metrics (at date not null, device int not null, labels text) partition by range (at);
create table metrics_2024 partition of metrics for values from ('2024-01-01') to ('2025-01-01');
create index metrics_labels on metrics (labels, device);
