insert into events (kind, lines) values ('created', array[row('a', null)::item]);
