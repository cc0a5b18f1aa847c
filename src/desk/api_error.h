/* How the API refuses. */
#ifndef IRONSIDE_DESK_API_ERROR_H
#define IRONSIDE_DESK_API_ERROR_H

/* What an answer says where there is none: its row has the status and the word. */
enum api_error {
    API_MALFORMED,
    API_QUERY,
    API_CURSOR,
    API_PURPOSE,
    API_SESSION,
    API_SIGN_IN,
    API_ROLE,
    API_CSRF,
    API_ROUTE,
    API_NOT_FOUND,
    API_METHOD,
    API_EXISTS,
    API_STATE,
    API_TOO_LONG,
    API_LOCKED,
    API_TOO_MANY,
    API_INTERNAL,
    API_NOT_LOGGED,
    API_FILE,
    API_AWAY,
    API_ERRORS
};

const char *api_error_word(enum api_error e);
unsigned api_error_status(enum api_error e);

#endif
