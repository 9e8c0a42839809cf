insert into users values (1, 'a@b', '{c@d}');
