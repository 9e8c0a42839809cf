create type address as (street text, zip text);
create table people (id int, home address, others address[]);
create view zips as select (home).zip from people;
create function zip_of(a address) returns text language sql immutable as 'select a.zip';
create index on people (zip_of(home));
