create schema app;
comment on extension plpgsql is 'the language';
