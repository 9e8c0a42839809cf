create table w (a text, b jsonb, c bytea);
