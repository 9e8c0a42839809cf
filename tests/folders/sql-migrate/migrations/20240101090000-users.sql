-- +migrate Up
create table users (id bigint primary key, email text not null);

-- +migrate Down
drop table users;
