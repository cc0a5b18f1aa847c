# A text's lines as elements of an array of C strings.
s/\\/&&/g
s/"/\\"/g
s/.*/"&\\n",/
