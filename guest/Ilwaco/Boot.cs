// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace Ilwaco;

/// <summary>From the first instruction to the application's <c>Main</c>.</summary>
internal static unsafe class Boot
{
    /// <summary>Called by the assembler at the kernel's entry point. Does not return.</summary>
    /// <param name="modules">First pointer to a module header in the image.</param>
    /// <param name="modulesEnd">Behind the last.</param>
    /// <param name="imageEnd">Behind the image, page aligned: the first byte that the heap may use.</param>
    [RuntimeExport("denali_start")]
    private static void Start(ModuleHeader** modules, ModuleHeader** modulesEnd, byte* imageEnd)
    {
        PageAllocator.Initialize(imageEnd, (byte*)VirtualRegisters.Page->StackAreaBase);
        ModuleStartup.Initialize(modules, modulesEnd);
        int code = ManagedMain(0, null);
        VirtualInstructions.Terminate((uint)code);
    }

    // ILC makes it: calls the Main of the application.
    [RuntimeImport("*", "__managed__Main")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int ManagedMain(int argumentCount, byte** arguments);
}
