create function e() returns event_trigger language plpgsql as 'begin end'; create event trigger et on sql_drop execute function e();
