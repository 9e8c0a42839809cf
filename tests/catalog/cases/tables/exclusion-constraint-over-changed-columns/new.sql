create table r (id bigint, room int8range, during tstzrange, constraint no_clash exclude using gist (room with =, during with &&) where (id > 0) deferrable initially deferred);
