// SPDX-License-Identifier: MIT
/*
 * WSAAsyncSelect, and the windows its messages go to.
 *
 * A window is an epoll instance. A socket that selects messages gets an eventfd for its events,
 * which is in there; one more is signalled while messages are posted. To get a message is to ask
 * the instance for one descriptor that is ready, which costs the same however many sockets
 * there are, and serves them in turn. A socket's events are taken from the kernel when its turn
 * comes; of several the first is given and the others wait for its next turns.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "wsalib.h"
#include "wsamessage.h"

struct message_window;

/**
 * struct message_source - a socket's selection
 * @next: of the window's, or NULL
 * @link: what points here
 * @window: where the messages go
 * @sk: the socket, whose @messages points here
 * @fd: its descriptor
 * @event: its eventfd
 * @message: the messages' number
 * @mask: the events selected
 * @events: taken from the kernel, not yet given to the program
 * @error: their codes
 */
struct message_source {
	struct message_source *next;
	struct message_source **link;
	struct message_window *window;
	struct wsa_sock *sk;
	int fd;
	int event;
	UINT message;
	uint32_t mask;
	uint32_t events;
	int error[SYS_EVENTS];
};

struct message_post {
	struct message_post *next;
	MSG message;
};

/**
 * struct message_window - a queue of messages; its handle is the value of @queue
 * @next: of all windows
 * @queue: epoll instance
 * @posting: eventfd, set while messages are posted; or the window is closed
 * @waiting: threads that wait for a message; the last one frees a closed window
 * @closed: not among the windows any longer
 * @sources: the sockets
 * @posts: posted messages, the oldest first
 * @end: where the next one goes
 */
struct message_window {
	struct message_window *next;
	int queue;
	int posting;
	int waiting;
	int closed;
	struct message_source *sources;
	struct message_post *posts;
	struct message_post **end;
};

/*
 * Protects the windows and all that hangs on them; the messages of a struct wsa_sock are also read
 * without it. Nobody waits for a message while holding it.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct message_window *windows;

/* What Windows tells first of events that occur together (row 211). */
static const unsigned char order[SYS_EVENTS] = {
	FD_CONNECT_BIT, FD_ACCEPT_BIT, FD_OOB_BIT, FD_WRITE_BIT, FD_READ_BIT, FD_CLOSE_BIT,
	FD_QOS_BIT, FD_GROUP_QOS_BIT, FD_ROUTING_INTERFACE_CHANGE_BIT, FD_ADDRESS_LIST_CHANGE_BIT,
};

/* Conditions that are told again to whom selects anew while they last. */
#define LASTING	(FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CLOSE)

/* The kernel limits how much one user may have watched. */
static int code_of(int err)
{
	return err == -ENOSPC ? WSAENOBUFS : wsa_code(err);
}

static struct message_window *find(HWND handle)
{
	struct message_window *window;

	for (window = windows; window; window = window->next)
		if ((HWND)(intptr_t)window->queue == handle)
			break;
	return window;
}

static struct message_source *add_source(struct message_window *window, int fd,
					 struct wsa_sock *sk, int *error)
{
	struct message_source *source = calloc(1, sizeof(*source));
	int r = -ENOMEM;

	if (!source)
		goto out;
	r = sys_event_new();
	source->event = r;
	if (r < 0)
		goto out_free;
	r = sys_queue_add(window->queue, source->event, source);
	if (r < 0)
		goto out_close;
	source->window = window;
	source->fd = fd;
	source->sk = sk;
	source->next = window->sources;
	source->link = &window->sources;
	if (source->next)
		source->next->link = &source->next;
	window->sources = source;
	return source;

out_close:
	sys_close(source->event);
out_free:
	free(source);
out:
	*error = r;
	return NULL;
}

/* The kernel may still hold the eventfd, and so would the epoll instance: it is told. */
static void drop_source(struct message_source *source)
{
	if (atomic_load(&source->sk->messages) == source)
		atomic_store(&source->sk->messages, NULL);
	*source->link = source->next;
	if (source->next)
		source->next->link = source->link;
	sys_queue_remove(source->window->queue, source->event);
	sys_close(source->event);
	free(source);
}

static int take_events(struct message_source *source)
{
	uint32_t events;
	int r = sys_event_enum(source->fd, source->event, &events, source->error);

	if (!r)
		source->events |= events;
	return r;
}

/*
 * What occurred before under an earlier selection, and would not be told again, is still told:
 * Windows has posted its message by now.
 */
static int choose(struct message_window *window, int fd, struct wsa_sock *sk, UINT message,
		  uint32_t mask)
{
	struct message_source *old = atomic_load(&sk->messages), *source = old;
	int r = 0;

	if (!old || old->window != window)
		source = add_source(window, fd, sk, &r);
	if (!source)
		return r;
	if (old) {
		take_events(old);
		sys_event_set(old->event);
	}
	r = sys_event_select(fd, source->event, mask, 1);
	if (r < 0) {
		if (source != old)
			drop_source(source);
		return r;
	}
	source->message = message;
	source->mask = mask;
	if (old) {
		source->events = old->events & ~(uint32_t)LASTING;
		memmove(source->error, old->error, sizeof(source->error));
	}
	if (source->events)
		sys_event_set(source->event);
	if (old && source != old)
		drop_source(old);
	atomic_store(&sk->messages, source);
	return 0;
}

/**
 * WSAAsyncSelect - have messages sent to a window when network events occur
 * @s: socket
 * @window: from wsaconnect_window; ignored when @events is 0
 * @message: the messages' number
 * @events: FD_*; 0 ends the selection
 *
 * A message is { @window, @message, @s, WSAMAKESELECTREPLY(event, code) }, and of one event.
 * Makes the socket non-blocking, also with 0 (row 205), and replaces an earlier selection,
 * WSAEventSelect's too (row 207). Conditions that there are already are told, and told again
 * to whom selects again; the outcome of a connect is not (rows 212-214). Accepted sockets
 * inherit the selection (row 225). After closesocket there are no messages (row 227).
 *
 * Each socket uses a second descriptor while messages are selected, and is then not to be
 * closed by a signal handler.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEINVAL (@window is none,
 * a bit of @events is unknown), WSAEMFILE, WSAENOBUFS. A failed call changes nothing.
 */
int WSAAPI WSAAsyncSelect(SOCKET s, HWND window, u_int message, LONG events)
{
	struct message_window *to;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk), r = -EINVAL;

	if (fd < 0)
		return SOCKET_ERROR;
	if (!events) {
		r = message_replace(fd, sk, -1, 0);
	} else {
		pthread_mutex_lock(&lock);
		to = find(window);
		if (to)
			r = choose(to, fd, sk, message, (uint32_t)events);
		pthread_mutex_unlock(&lock);
		/* Whoever closes takes the mark away and then looks for messages. */
		if (!r && !(atomic_load(&sk->flags) & SOCK_F_USED)) {
			message_forget(sk);
			return wsa_fail(WSAENOTSOCK);
		}
	}
	if (r < 0)
		return wsa_fail(code_of(r));
	sock_set(sk, SOCK_F_NONBLOCK);
	return wsa_ok(0);
}

/**
 * message_replace - select an event, or nothing, instead of messages
 * @fd: the socket's descriptor
 * @sk: the socket
 * @event: eventfd, -1 when @mask is 0
 * @mask: WSA_EVENT_*
 *
 * Return: 0 or a negative errno; a failed call changes nothing.
 */
int message_replace(int fd, struct wsa_sock *sk, int event, uint32_t mask)
{
	struct message_source *source;
	int r;

	/* The lock keeps events of the new selection from becoming messages of the old one. */
	pthread_mutex_lock(&lock);
	r = sys_event_select(fd, event, mask, 0);
	source = atomic_load(&sk->messages);
	if (!r && source)
		drop_source(source);
	pthread_mutex_unlock(&lock);
	return r;
}

/**
 * message_inherit - an accepted socket's messages go where its listener's go
 * @listener: the listener
 * @fd: the accepted socket's descriptor
 * @child: the accepted socket, which has the listener's eventfd by now
 *
 * Return: 0 or a negative errno.
 */
int message_inherit(struct wsa_sock *listener, int fd, struct wsa_sock *child)
{
	struct message_source *source;
	int r = 0;

	if (!atomic_load(&listener->messages))
		return 0;
	pthread_mutex_lock(&lock);
	source = atomic_load(&listener->messages);
	if (source)
		r = choose(source->window, fd, child, source->message, source->mask);
	pthread_mutex_unlock(&lock);
	return r;
}

/**
 * message_forget - a socket is gone, or is about to be
 * @sk: the socket
 *
 * Its messages are gone when this returns (row 227).
 */
void message_forget(struct wsa_sock *sk)
{
	struct message_source *source;

	if (!atomic_load(&sk->messages))
		return;
	pthread_mutex_lock(&lock);
	source = atomic_load(&sk->messages);
	if (source)
		drop_source(source);
	pthread_mutex_unlock(&lock);
}

void message_fork_begin(void)
{
	pthread_mutex_lock(&lock);
}

void message_fork_parent(void)
{
	pthread_mutex_unlock(&lock);
}

static void free_posts(struct message_window *window)
{
	struct message_post *post;

	while ((post = window->posts)) {
		window->posts = post->next;
		free(post);
	}
}

static void free_window(struct message_window *window)
{
	free_posts(window);
	sys_close(window->posting);
	sys_close(window->queue);
	free(window);
}

/*
 * The windows are the parent's. The descriptors here are copies of its own: to close one takes
 * nothing out of the epoll instance.
 */
void message_fork_child(void)
{
	struct message_window *window;
	struct message_source *source;

	while ((window = windows)) {
		windows = window->next;
		while ((source = window->sources)) {
			window->sources = source->next;
			atomic_store(&source->sk->messages, NULL);
			sys_close(source->event);
			free(source);
		}
		free_window(window);
	}
	pthread_mutex_unlock(&lock);
}

static HWND no_window(int code)
{
	wsa_fail(code);
	return NULL;
}

/**
 * wsaconnect_window - make a window
 *
 * Belongs to the process, not to a thread, and outlives WSACleanup; a forked child does not
 * inherit it.
 *
 * Return: the window, or NULL with WSANOTINITIALISED, WSAEINPROGRESS (in a blocking hook),
 * WSAEMFILE or WSAENOBUFS.
 */
HWND WSAAPI wsaconnect_window(void)
{
	struct message_window *window;
	int r = wsa_refused();

	if (r)
		return no_window(r);
	window = calloc(1, sizeof(*window));
	if (!window)
		return no_window(WSAENOBUFS);
	window->end = &window->posts;
	r = sys_queue_new();
	window->queue = r;
	if (r < 0)
		goto out_free;
	r = sys_event_new();
	window->posting = r;
	if (r < 0)
		goto out_queue;
	r = sys_queue_add(window->queue, window->posting, NULL);
	if (r < 0)
		goto out_posting;
	pthread_mutex_lock(&lock);
	window->next = windows;
	windows = window;
	pthread_mutex_unlock(&lock);
	wsa_ok(0);
	return (HWND)(intptr_t)window->queue;

out_posting:
	sys_close(window->posting);
out_queue:
	sys_close(window->queue);
out_free:
	free(window);
	return no_window(code_of(r));
}

/**
 * wsaconnect_window_close - close a window
 * @handle: the window
 *
 * Ends its sockets' selections; a thread that waits for a message gets WSA_INVALID_HANDLE.
 *
 * Return: 0, or SOCKET_ERROR with WSA_INVALID_HANDLE.
 */
int WSAAPI wsaconnect_window_close(HWND handle)
{
	struct message_window *window, **link;

	pthread_mutex_lock(&lock);
	window = find(handle);
	if (!window) {
		pthread_mutex_unlock(&lock);
		return wsa_fail(WSA_INVALID_HANDLE);
	}
	for (link = &windows; *link != window; link = &(*link)->next)
		;
	*link = window->next;
	while (window->sources) {
		sys_event_select(window->sources->fd, -1, 0, 0);
		drop_source(window->sources);
	}
	window->closed = 1;
	if (window->waiting)
		sys_event_set(window->posting);
	else
		free_window(window);
	pthread_mutex_unlock(&lock);
	return wsa_ok(0);
}

/**
 * wsaconnect_window_fd - the descriptor to be polled for messages
 * @handle: the window
 *
 * Readable while there may be a message: wsaconnect_get_message with a timeout of 0 finds out.
 * It is the window's own, not to be read nor closed.
 *
 * Return: the descriptor, or SOCKET_ERROR with WSA_INVALID_HANDLE.
 */
int WSAAPI wsaconnect_window_fd(HWND handle)
{
	int known;

	pthread_mutex_lock(&lock);
	known = !!find(handle);
	pthread_mutex_unlock(&lock);
	return known ? wsa_ok((int)(intptr_t)handle) : wsa_fail(WSA_INVALID_HANDLE);
}

/**
 * wsaconnect_post_message - put a message into a window
 * @handle: the window
 * @message: number
 * @w: what the program likes
 * @l: what the program likes
 *
 * By any thread; not for signal handlers. Messages posted are got in their order.
 *
 * Return: 0, or SOCKET_ERROR with WSA_INVALID_HANDLE or WSAENOBUFS.
 */
int WSAAPI wsaconnect_post_message(HWND handle, UINT message, WPARAM w, LPARAM l)
{
	struct message_post *post = malloc(sizeof(*post));
	struct message_window *window;

	if (!post)
		return wsa_fail(WSAENOBUFS);
	post->next = NULL;
	post->message = (MSG){ .hwnd = handle, .message = message, .wParam = w, .lParam = l };
	pthread_mutex_lock(&lock);
	window = find(handle);
	if (window) {
		if (!window->posts)
			sys_event_set(window->posting);
		*window->end = post;
		window->end = &post->next;
	}
	pthread_mutex_unlock(&lock);
	if (!window) {
		free(post);
		return wsa_fail(WSA_INVALID_HANDLE);
	}
	return wsa_ok(0);
}

static void take_post(struct message_window *window, MSG *message)
{
	struct message_post *post = window->posts;

	*message = post->message;
	window->posts = post->next;
	if (!window->posts) {
		window->end = &window->posts;
		sys_event_reset(window->posting);
	}
	free(post);
}

/* It is the socket's turn: 1 with a message, 0 when it was woken for nothing. */
static int take_event(struct message_source *source, MSG *message)
{
	int i, bit;

	if (!source->events) {
		/* closed by close(2), and its number perhaps somebody else's */
		if (take_events(source) < 0) {
			drop_source(source);
			return 0;
		}
		if (!source->events)
			return 0;
		if (source->events & (source->events - 1))
			sys_event_set(source->event);
	}
	for (i = 0; !(source->events & 1u << order[i]); i++)
		;
	bit = order[i];
	source->events &= ~(1u << bit);
	callee_settle(source->sk);
	*message = (MSG){
		.hwnd = (HWND)(intptr_t)source->window->queue,
		.message = source->message,
		.wParam = (WPARAM)source->fd,
		.lParam = WSAMAKESELECTREPLY(1 << bit, source->error[bit]),
	};
	return 1;
}

/* 1 with a message, 0 when there is none, or a negative errno. */
static int take(struct message_window *window, MSG *message)
{
	void *source;
	int r;

	for (;;) {
		r = sys_queue_next(window->queue, &source);
		if (r <= 0)
			return r;
		if (!source) {
			take_post(window, message);
			return 1;
		}
		if (take_event(source, message))
			return 1;
	}
}

/* The same when there is none yet. The lock is held before and after. */
static int wait_for(struct message_window *window, uint64_t deadline)
{
	struct sys_pollfd queue = { .fd = window->queue, .events = LX_POLLIN };
	int r;

	window->waiting++;
	pthread_mutex_unlock(&lock);
	r = wait_poll(&queue, 1, deadline, WAIT_F_DEAF);
	pthread_mutex_lock(&lock);
	window->waiting--;
	if (!window->closed)
		return r;
	if (!window->waiting)
		free_window(window);
	return -EBADF;
}

/**
 * wsaconnect_get_message - get a window's next message
 * @handle: the window
 * @message: receives it
 * @timeout: ms to wait for one; 0 only looks, WSA_INFINITE waits for ever
 *
 * By any thread, several at once too: each message is one thread's. Runs no queued procedures.
 * Signals do not end the wait.
 *
 * Return: 1, 0 when the time is over, or SOCKET_ERROR with WSA_INVALID_HANDLE (also when it is
 * closed meanwhile), WSAEFAULT, WSAENOBUFS or WSAEINPROGRESS (would wait, in a procedure).
 */
int WSAAPI wsaconnect_get_message(HWND handle, MSG *message, DWORD timeout)
{
	uint64_t deadline = wait_deadline(timeout);
	struct message_window *window;
	int r = -EBADF;

	if (!sys_writable(message, sizeof(*message)))
		return wsa_fail(WSAEFAULT);
	pthread_mutex_lock(&lock);
	window = find(handle);
	if (window)
		while (!(r = take(window, message)) && deadline &&
		       (r = wait_for(window, deadline)) > 0)
			;
	pthread_mutex_unlock(&lock);
	if (r == -EBADF)
		return wsa_fail(WSA_INVALID_HANDLE);
	return r < 0 ? wait_fail(r) : wsa_ok(r);
}
