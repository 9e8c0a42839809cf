create type status as enum ('new', 'open', 'closed', 'gone');
create domain live_status as status check (value <> 'gone');
create table tickets (id int primary key, s status not null default 'new', hist status[] default array['new']::status[], l live_status default 'open', constraint c check (s <> 'gone'));
create index open_ones on tickets (id) where s = 'open';
create function of_status(s status) returns setof tickets language sql stable as 'select * from tickets where s = $1';
create view open_tickets as select id, s from tickets where s = 'open';
create function next_status(s status default 'new') returns status language plpgsql as 'begin return s; end';
