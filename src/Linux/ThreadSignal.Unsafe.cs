// SPDX-License-Identifier: MIT
using System;
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>
/// A real-time signal that is blocked in a thread, so that no handler ever runs: it interrupts what unblocks it
/// (a virtual processor) and ends a wait for it.
/// </summary>
public static unsafe class ThreadSignal
{
    /// <summary>
    /// The signal's number. The runtime and the C library use real-time signals from the low end of the range; this
    /// one is in the middle.
    /// </summary>
    public const int Number = 45;

    // Never unmapped: the process refers to it as long as it lives.
    private static readonly MappedRegion s_handler;

    // Written out, so that whatever is called first installs the handler.
    static ThreadSignal()
    {
        s_handler = InstallHandler();
    }

    /// <summary>Blocks the signal in the calling thread, for good.</summary>
    public static void BlockInThisThread()
    {
        SigSet set = SigSet.Of(Number);

        // SAFETY: the set lives on this stack for the length of the call.
        int error = Libc.pthread_sigmask(Libc.SIG_BLOCK, &set, null);
        if (error != 0)
        {
            throw new LinuxException("pthread_sigmask", error);
        }
    }

    /// <summary>The calling thread's number, for <see cref="Send"/>.</summary>
    /// <returns>Linux's thread id.</returns>
    public static int CurrentThreadId() => Libc.gettid();

    /// <summary>Sends the signal to a thread of this process that blocks it.</summary>
    /// <param name="threadId">The thread.</param>
    /// <returns>False if there is no such thread any more.</returns>
    public static bool Send(int threadId) => Libc.tgkill(Libc.getpid(), threadId, Number) == 0;

    /// <summary>Takes a pending signal, or waits for it. The calling thread blocks it.</summary>
    /// <param name="timeoutNs">Longest wait in nanoseconds; 0 only looks, negative waits without limit.</param>
    /// <returns>True if the signal came.</returns>
    public static bool Wait(long timeoutNs)
    {
        SigSet set = SigSet.Of(Number);
        Timespec timeout = Timespec.FromNanoseconds(Math.Max(timeoutNs, 0));

        // SAFETY: both live on this stack for the length of the call. EINTR (another signal's handler ran) is treated
        // like a timeout: the caller looks at the clock in either case.
        return Libc.sigtimedwait(&set, null, timeoutNs < 0 ? null : &timeout) == Number;
    }

    /// <summary>
    /// Takes a pending signal, or waits for it or for something to read. The calling thread blocks the signal.
    /// </summary>
    /// <param name="device">What to read from.</param>
    /// <param name="timeoutNs">Longest wait in nanoseconds; negative waits without limit.</param>
    /// <returns>True if the signal came.</returns>
    public static bool WaitOrReadable(TapDevice device, long timeoutNs)
    {
        ArgumentNullException.ThrowIfNull(device);
        var descriptor = new PollFd { Descriptor = device.Descriptor, Events = (short)Libc.POLLIN };
        Timespec timeout = Timespec.FromNanoseconds(Math.Max(timeoutNs, 0));
        SigSet mask;

        // SAFETY: all live on this stack for the length of the calls. The mask is this thread's own, without the
        // signal: it is unblocked for the length of the wait, in which its handler, a return instruction, takes it.
        if (Libc.pthread_sigmask(Libc.SIG_BLOCK, null, &mask) != 0)
        {
            return false;
        }

        mask[(Number - 1) / 64] &= ~(1UL << ((Number - 1) % 64));
        int result = Libc.ppoll(&descriptor, 1, timeoutNs < 0 ? null : &timeout, &mask);
        return result < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Libc.EINTR;
    }

    // A kick that is sent to a thread which has just ended may reach another that took over its number, and the
    // default action is to end the process. The handler does nothing. It is not "ignore": an ignored signal would not
    // interrupt a virtual processor.
    private static MappedRegion InstallHandler()
    {
        const byte Return = 0xC3;
        MappedRegion code = MappedRegion.MapAnonymous(4096);
        code.Slice(0, 1)[0] = Return;
        code.MakeExecutable();
        SigAction action = new() { Handler = code.Address, Flags = Libc.SA_RESTART };

        // SAFETY: the structure lives on this stack for the length of the call; the code is a complete function that
        // is never unmapped.
        return Libc.sigaction(Number, &action, null) == 0
            ? code
            : throw LinuxException.FromLastError("sigaction");
    }
}
