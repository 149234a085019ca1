// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>Prepares the statics of the image. The library OS calls it once, when the heap works.</summary>
/// <remarks>
/// Statics without references lie in the image and need nothing. For each class with statics that are references the
/// image has a word that says of what type the block of them is (a 32-bit distance with a tag in the low two bits).
/// Here the block is made and the word replaced by its address, which is what compiled code loads.
/// </remarks>
internal static unsafe class ModuleStartup
{
    private const int Uninitialized = 1;
    private const int HasValues = 2;
    private const int TagMask = 3;

    /// <summary>Prepares the statics of all modules in the image and runs what must run first.</summary>
    /// <param name="modules">The first pointer to a module header.</param>
    /// <param name="end">Behind the last.</param>
    internal static void Initialize(ModuleHeader** modules, ModuleHeader** end)
    {
        for (ModuleHeader** module = modules; module < end; module++)
        {
            // The linker may leave gaps.
            if (*module != null)
            {
                Initialize(*module);
            }
        }
    }

    private static void Initialize(ModuleHeader* header)
    {
        if (header->Signature != ModuleHeader.ExpectedSignature || header->EntrySize != sizeof(ModuleSection))
        {
            throw new NotSupportedException("The module header is not what this library was written for");
        }

        ModuleSection* sections = (ModuleSection*)(header + 1);
        for (int i = 0; i < header->SectionCount; i++)
        {
            if (sections[i].Id == ModuleSection.GCStaticRegion)
            {
                InitializeStatics((int*)sections[i].Start, (int*)sections[i].End);
            }
        }

        Run(sections, header->SectionCount, ModuleSection.EagerConstructors);
        Run(sections, header->SectionCount, ModuleSection.ModuleInitializers);
    }

    private static void InitializeStatics(int* table, int* end)
    {
        for (int* entry = table; entry < end; entry++)
        {
            int* word = (int*)((byte*)entry + *entry);
            int value = *word;
            if ((value & Uninitialized) == 0)
            {
                continue;
            }

            MethodTable* type = (MethodTable*)((byte*)word + (value & ~TagMask));
            object statics = Allocation.NewObject(type);
            if ((value & HasValues) != 0)
            {
                // The compiler ran the initialisers itself: behind the type is the distance to the values.
                int* values = word + 1;
                SpanHelpers.Memmove(
                    ref RuntimeHelpers.GetRawData(statics),
                    ref *((byte*)values + *values),
                    type->ObjectBytes - (nuint)sizeof(nint));
            }

            *(object*)word = statics;
        }
    }

    private static void Run(ModuleSection* sections, int count, int id)
    {
        for (int i = 0; i < count; i++)
        {
            if (sections[i].Id == id)
            {
                for (int* entry = (int*)sections[i].Start; entry < sections[i].End; entry++)
                {
                    ((delegate*<void>)((byte*)entry + *entry))();
                }
            }
        }
    }
}
