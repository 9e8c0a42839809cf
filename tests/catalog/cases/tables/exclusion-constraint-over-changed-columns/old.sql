create table r (id int, room int4range, during tsrange, constraint no_clash exclude using gist (room with =, during with &&) where (id > 0) deferrable);
