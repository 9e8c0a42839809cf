-- Up Migration
alter table users add column phone text;

-- Down Migration
alter table users drop column phone;
