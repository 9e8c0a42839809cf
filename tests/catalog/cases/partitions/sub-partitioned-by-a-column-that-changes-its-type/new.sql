create table m (id bigint not null, d date not null, v text) partition by range (d);
create table m_24 partition of m for values from ('2024-01-01') to ('2025-01-01') partition by hash (id);
create table m_24_0 partition of m_24 for values with (modulus 2, remainder 0);
create table m_24_1 partition of m_24 for values with (modulus 2, remainder 1);
create index m_v on m (v);
