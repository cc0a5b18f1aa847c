# A word list's lines as elements of an array of C strings.
s/\\/&&/g
s/"/\\"/g
s/.*/"&",/
