-- +migrate Up notransaction
create index concurrently users_email on users (email);

-- +migrate Down notransaction
drop index concurrently users_email;
