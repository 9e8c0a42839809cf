insert into t values (1, 'sad', '{ok,sad}');
