-- +goose Up
create table users (id bigint primary key, email text not null);

-- +goose StatementBegin
create function touch() returns trigger language plpgsql as $$
begin
  return new;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop function touch();
drop table users;
