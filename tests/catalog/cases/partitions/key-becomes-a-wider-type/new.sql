create table events (id bigint not null, at date not null, primary key (id, at)) partition by range (id);
create table events_low partition of events for values from (0) to (1000);
create table events_rest partition of events default;
create index events_at on events (at);
create view recent as select id from events where at > '2024-01-01';
