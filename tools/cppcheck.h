/* For cppcheck alone, which does not read the libraries' headers: their loops, in short. */
#define HASH_ITER(hh, head, e, next) for ((e) = (head); (e); (e) = (next))
#define json_array_foreach(a, i, v) for ((i) = 0; ((v) = json_array_get(a, i)); (i)++)
#define json_object_foreach(o, k, v) for ((k) = next_of(o); ((v) = json_object_get(o, k));)
