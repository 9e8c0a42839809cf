alter type public.e add value 'a' before 'b';

alter type public.e add value 'c' before 'd';

alter type public.e add value 'e';

