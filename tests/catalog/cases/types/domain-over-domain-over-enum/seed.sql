insert into t values ('ok', '{ok}');
