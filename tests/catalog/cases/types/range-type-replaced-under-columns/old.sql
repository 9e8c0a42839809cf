create type span as range (subtype = int);
create table booking (id int primary key, during span, exclude using gist (during with &&));
create view bookings as select lower(during) as begins from booking;
create function starts(span) returns int language sql immutable as 'select lower($1)';
