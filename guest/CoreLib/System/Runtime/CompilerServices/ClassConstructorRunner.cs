// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Runs a static constructor before the first use of its class. ILC calls these methods by name.</summary>
/// <remarks>
/// The constructor counts as done from its start: a class that its own constructor uses is seen half initialised, as
/// the language says. No other thread sees that, because it runs inside a critical section; so it must not block, and
/// one that takes long delays interrupts.
/// </remarks>
internal static unsafe class ClassConstructorRunner
{
    private static object CheckStaticClassConstructionReturnGCStaticBase(
        StaticClassConstructionContext* context, object gcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return gcStaticBase;
    }

    private static nint CheckStaticClassConstructionReturnNonGCStaticBase(
        StaticClassConstructionContext* context, nint nonGcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return nonGcStaticBase;
    }

    private static void EnsureClassConstructorRun(StaticClassConstructionContext* context)
    {
        if (context->cctorMethodAddress != 0)
        {
            EnterCriticalSection();
            nint constructor = context->cctorMethodAddress;
            if (constructor != 0)
            {
                context->cctorMethodAddress = 0;
                // A managed call: in shared generic code the address is one with a hidden argument.
                ((delegate*<void>)constructor)();
            }

            LeaveCriticalSection();
        }
    }

    // The library OS's: no other thread runs in between.
    [RuntimeImport("*", "denali_enter_critical")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void EnterCriticalSection();

    [RuntimeImport("*", "denali_leave_critical")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void LeaveCriticalSection();
}
