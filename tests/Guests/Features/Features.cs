// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Threading;
using Ilwaco;

/// <summary>
/// Exercises everything that the core library and the compiler promise to guests, inside a guest. Writes a line for
/// each check and a last line with the totals; the exit code is the number of failures.
/// </summary>
internal static unsafe class Features
{
    private static int s_passed;
    private static int s_failed;

    private static int Main()
    {
        Spans();
        Searching();
        Text();
        Arrays();
        ArrayCovariance();
        Classes();
        Interfaces();
        DefaultInterfaceMethods();
        VariantInterfaces();
        Generics();
        SharedGenerics();
        StaticAbstracts();
        Casts();
        Delegates();
        MulticastDelegates();
        StaticConstructors();
        ReferenceStatics();
        BoxingAndNullables();
        Enums();
        Tuples();
        Patterns();
        IndicesAndRanges();
        Integers();
        FloatingPoint();
        Conversions();
        Bits();
        ByteOrders();
        UnsafeAccess();
        Structures();
        InlineArrays();
        FunctionPointers();
        Cleanup();
        Atomics();
        Vectors128();
        Vectors256();
        Copies();
        TheHeap();
        Pages();
        Report();
        return s_failed;
    }

    private static void Check(bool ok, ReadOnlySpan<byte> name)
    {
        if (ok)
        {
            s_passed++;
        }
        else
        {
            s_failed++;
        }

        ConsoleDevice.Write(ok ? "pass "u8 : "FAIL "u8);
        ConsoleDevice.WriteLine(name);
    }

    private static void Report()
    {
        Utf8Writer writer = new(stackalloc byte[64]);
        writer.WriteDecimal(s_passed);
        writer.Write(" passed, "u8);
        writer.WriteDecimal(s_failed);
        writer.Write(" failed"u8);
        ConsoleDevice.WriteLine(writer.Written);
    }

    // A value that the compiler cannot see through.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Hide<T>(T value) => value;

    private static void Spans()
    {
        Span<int> numbers = stackalloc int[8];
        numbers.Fill(7);
        Check(numbers[0] == 7 && numbers[7] == 7 && numbers.Length == 8, "Span.Fill"u8);
        numbers.Clear();
        Check(numbers[0] == 0 && numbers[7] == 0, "Span.Clear"u8);
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i;
        }

        Span<int> middle = numbers.Slice(2, 4);
        Check(middle.Length == 4 && middle[0] == 2 && middle[3] == 5, "Span.Slice"u8);
        int sum = 0;
        foreach (int number in numbers)
        {
            sum += number;
        }

        Check(sum == 28, "foreach over a span"u8);
        foreach (ref int number in numbers)
        {
            number *= 2;
        }

        Check(numbers[7] == 14, "foreach by reference"u8);
        numbers.Slice(0, 6).CopyTo(numbers.Slice(1));
        Check(numbers[1] == 0 && numbers[6] == 10, "Span.CopyTo with overlap"u8);
        Check(!numbers.TryCopyTo(stackalloc int[2]), "Span.TryCopyTo without room"u8);
        ReadOnlySpan<int> constants = [3, 1, 4, 1, 5];
        Check(constants.Length == 5 && constants[4] == 5, "a constant span"u8);
        Check(numbers[^1] == 14 && numbers[..2].Length == 2 && numbers[3..^1].Length == 4, "span ranges"u8);
        Span<byte> empty = default;
        Check(empty.IsEmpty && empty.SequenceEqual(default), "an empty span"u8);
        Check(numbers.ToArray()[6] == 10, "Span.ToArray"u8);
    }

    private static void Searching()
    {
        ReadOnlySpan<byte> text = "the quick brown fox jumps over the lazy dog, twice as far"u8;
        Check(text.IndexOf((byte)'q') == 4 && text.IndexOf((byte)'!') == -1, "IndexOf a byte"u8);
        Check(text.IndexOf((byte)'w') == 13 && text.LastIndexOf((byte)'t') == 45, "LastIndexOf a byte"u8);
        Check(text.IndexOf((byte)',') == 43, "IndexOf a byte behind the first 32"u8);
        Check(text.IndexOf("lazy"u8) == 35 && text.IndexOf("lazier"u8) == -1, "IndexOf a sequence"u8);
        Check(text.IndexOf(""u8) == 0 && ""u8.IndexOf("x"u8) == -1, "IndexOf of nothing"u8);
        Check(text.StartsWith("the "u8) && !text.StartsWith("The"u8), "StartsWith"u8);
        Check(text.EndsWith("far"u8) && !text.EndsWith("near"u8), "EndsWith"u8);
        Check(text.IndexOfAny((byte)'x', (byte)'z') == 18, "IndexOfAny"u8);
        Check(text.Contains((byte)'z'), "Contains"u8);
        Check("abc"u8.SequenceCompareTo("abd"u8) < 0 && "abc"u8.SequenceCompareTo("ab"u8) > 0, "SequenceCompareTo"u8);
        Span<long> numbers = [1, 2, 3];
        numbers.Reverse();
        Check(numbers.SequenceEqual([3, 2, 1]) && numbers.IndexOf(1L) == 2, "spans of numbers"u8);
    }

    private static void Text()
    {
        string literal = Hide("Grüße");
        Check(literal.Length == 5 && literal[2] == 'ü', "string literal"u8);
        Check(literal == "Grüße" && literal != "Gruss" && Hide<string?>(null) != literal, "string equality"u8);
        string kind = Hide("beta") switch
        {
            "alpha" => "first",
            "beta" => "second",
            _ => "other",
        };
        Check(kind == "second", "switch on a string"u8);
        int letters = 0;
        foreach (char unit in "count".AsSpan())
        {
            letters += unit == 't' ? 1 : 10;
        }

        Check(letters == 41, "foreach over characters"u8);
        Check(string.IsNullOrEmpty("") && "a".GetHashCode() != "b".GetHashCode(), "string helpers"u8);
    }

    private static void Arrays()
    {
        int[] numbers = [5, 6, 7, 8, 9, 10, 11, 12];
        Check(numbers.Length == 8 && numbers[7] == 12, "array initializer"u8);
        int[] zeros = new int[Hide(1000)];
        int sum = 0;
        foreach (int zero in zeros)
        {
            sum += zero;
        }

        Check(sum == 0, "a new array is zero"u8);
        byte[][] rows = new byte[3][];
        rows[1] = new byte[4];
        rows[1][3] = 9;
        Check(rows[0] is null && rows[1][3] == 9, "array of arrays"u8);
        int[] part = numbers[2..4];
        Check(part.Length == 2 && part[0] == 7, "array range"u8);
        Array.Copy(numbers, 0, numbers, 1, 7);
        Check(numbers[1] == 5 && numbers[7] == 11, "Array.Copy with overlap"u8);
        Check(Array.Empty<long>().Length == 0 && Array.Empty<long>() == Array.Empty<long>(), "Array.Empty"u8);
        Point[] points = new Point[3];
        points[1].X = 4;
        ref Point point = ref points[1];
        point.Y = 5;
        Check(points[1].X == 4 && points[1].Y == 5, "array of structures"u8);
        object asObject = numbers;
        Check(asObject is int[] && asObject is Array && asObject is not long[], "type of an array"u8);
    }

    private static void ArrayCovariance()
    {
        Animal[] animals = Hide<Animal[]>(new Dog[2]);
        animals[0] = Hide<Animal>(new Dog());
        Check(animals[0].Legs() == 4 && animals is Dog[], "covariant array"u8);
        object[] objects = Hide<object[]>(animals);
        Check(objects is Animal[] && objects is not string[], "array of a base class"u8);
        object[] anything = new object[3];
        anything[0] = 1;
        anything[1] = "one";
        anything[2] = animals;
        Check(anything[0] is 1 && anything[1] is "one" && anything[2] is Animal[], "array of objects"u8);
        IShape[] shapes = new IShape[2];
        shapes[1] = Hide<IShape>(new Square(3));
        Check(shapes[1].Area() == 9, "array of interfaces"u8);
        uint[] unsigned = (uint[])(object)new int[] { -1 };
        Check(unsigned[0] == uint.MaxValue, "integers of one size"u8);
    }

    private static void Classes()
    {
        Animal dog = Hide<Animal>(new Dog());
        Animal bird = Hide<Animal>(new Bird());
        Check(dog.Legs() == 4 && bird.Legs() == 2, "virtual calls"u8);
        Check(bird.Describe() == 102, "a base method calls an override"u8);
        Check(dog.Equals(dog) && !dog.Equals(bird), "Object.Equals"u8);
        Check(dog.GetHashCode() == dog.GetHashCode() && dog.GetHashCode() != bird.GetHashCode(), "GetHashCode"u8);
        Node? list = null;
        for (int i = 0; i < 10; i++)
        {
            list = new Node { Value = i, Next = list, Weight = 1 };
        }

        int sum = 0;
        for (Node? node = list; node is not null; node = node.Next)
        {
            sum += node.Value * (int)node.Weight;
        }

        Check(sum == 45, "a linked list"u8);
    }

    private static void Interfaces()
    {
        IShape[] shapes = [new Square(2), new Disc(3), new Square(4), new Line()];
        int sum = 0;
        for (int round = 0; round < 3; round++)
        {
            foreach (IShape shape in shapes)
            {
                sum += shape.Area();
            }
        }

        Check(sum == 3 * (4 + 27 + 16 + 0), "interface calls, several types at one site"u8);
        double total = 0;
        foreach (IShape shape in shapes)
        {
            total += shape.Scale(1.5, 2, 3, 4, 5, 6, 0.25);
        }

        Check(total == (3 * 21.75) + 1, "interface call with many arguments"u8);
        IShape boxed = Hide<IShape>(new Dot { Size = 11 });
        Check(boxed.Area() == 11, "interface call on a boxed structure"u8);
        INamed named = (INamed)shapes[1];
        Check(named.Name.SequenceEqual("disc"u8), "second interface of a class"u8);
        IShape derived = Hide<IShape>(new BigSquare(2));
        Check(derived.Area() == 104, "interface method overridden in a derived class"u8);
        IShape again = Hide<IShape>(new ExplicitSquare(2));
        Check(again.Area() == 1004, "interface implemented again in a derived class"u8);
    }

    private static void DefaultInterfaceMethods()
    {
        IShape line = Hide<IShape>(new Line());
        IShape square = Hide<IShape>(new Square(2));
        Check(line.Corners() == 2, "body of an interface method"u8);
        Check(square.Corners() == 4, "body of an interface method replaced by a class"u8);
        IShape dot = Hide<IShape>(new Dot { Size = 1 });
        Check(dot.Corners() == 2, "body of an interface method on a structure"u8);
    }

    private static void VariantInterfaces()
    {
        ISource<Dog> dogs = Hide<ISource<Dog>>(new Source<Dog>(new Dog()));
        ISource<Animal> animals = Hide<ISource<Animal>>(dogs);
        Check(animals.Get().Legs() == 4, "covariant interface"u8);
        ISink<Animal> sink = Hide<ISink<Animal>>(new LegCounter());
        ISink<Dog> dogSink = Hide<ISink<Dog>>(sink);
        dogSink.Put(new Dog());
        Check(((LegCounter)sink).Count == 4, "contravariant interface"u8);
        Check(Hide<object>(dogs) is ISource<object> && Hide<object>(dogs) is not ISource<Bird>, "variant type test"u8);
        Func<object> maker = Hide<Func<object>>(Hide<Func<string>>(static () => "made"));
        Check(maker() is "made", "variant delegate"u8);
    }

    private static void Generics()
    {
        Ring<int> ring = new(4);
        for (int i = 0; i < 6; i++)
        {
            ring.Push(i);
        }

        Check(ring.Sum(static (a, b) => a + b) == 2 + 3 + 4 + 5, "generic class over integers"u8);
        Check(Largest([3, 9, 4]) == 9 && Largest([2.5, 1.5]) == 2.5, "constrained generic method"u8);
        Check(Area(new Dot { Size = 6 }) == 6, "constrained call on a structure"u8);
        Check(Sizes<byte, long>() == 9, "generic sizes"u8);
        Pair<int, Pair<byte, string>> nested = new(1, new(2, "three"));
        Check(nested.Second.Second == "three", "nested generic structures"u8);
        Check(typeof(Ring<int>) != typeof(Ring<uint>), "typeof generic types"u8);
    }

    private static void SharedGenerics()
    {
        Ring<string> ring = new(3);
        ring.Push("a");
        ring.Push("bc");
        Check(ring.Get(1) == "bc" && ring.TypeOfItems() == typeof(string), "generic class over references"u8);
        Ring<Animal> animals = new(2);
        animals.Push(new Dog());
        Check(animals.Get(0).Legs() == 4 && animals.TypeOfItems() == typeof(Animal), "shared generic code"u8);
        Check(Make<Dog>().Legs() == 4 && Make<Bird>().Legs() == 2, "new T() in shared code"u8);
        Check(MakeArray<string>(3) is string[] && MakeArray<Dog>(1) is not Bird[], "new T[] in shared code"u8);
        Check(IsA<string>("x") && !IsA<Dog>("x"), "type test in shared code"u8);
        Counter<string>.Value = 1;
        Counter<Dog>.Value = 2;
        Counter<int>.Value = 3;
        Check(Counter<string>.Read() == 1 && Counter<Dog>.Read() == 2 && Counter<int>.Read() == 3, "generic statics"u8);
        Check(Area<IShape>(Hide<IShape>(new Square(3))) == 9, "constrained call on a reference"u8);
    }

    private static void StaticAbstracts()
    {
        Check(Twice<Metres>(new Metres(4)).Value == 8, "static abstract operator"u8);
        Check(NameOf<Metres>().SequenceEqual("m"u8) && NameOf<Seconds>().SequenceEqual("s"u8), "static abstract"u8);
        Check(NameOf<Kelvin>().SequenceEqual("K"u8), "static abstract on a class"u8);
    }

    private static void Casts()
    {
        object value = Hide<object>(new Dog());
        Check(value is Animal and not Bird, "class type tests"u8);
        Check(value as Bird is null && value as Animal is not null, "as"u8);
        Check(((Animal)value).Legs() == 4, "cast to a base class"u8);
        Check(value is not IShape && Hide<object>(new Disc(1)) is IShape and INamed, "interface type tests"u8);
        Check(Hide<object?>(null) is not Dog && (Dog?)Hide<object?>(null) is null, "casts of null"u8);
        object number = Hide<object>(5);
        Check(number is int && number is not long && (int)number == 5, "unboxing casts"u8);
        Check(number is IEquatable<int> equatable && equatable.Equals(5), "interface of a boxed number"u8);
    }

    private static void Delegates()
    {
        Func<int, int> square = static x => x * x;
        Check(Hide(square)(7) == 49, "lambda without capture"u8);
        int factor = Hide(3);
        Func<int, int> times = x => x * factor;
        factor = 5;
        Check(Hide(times)(7) == 35, "lambda that captures"u8);
        Func<int, int> open = Triple;
        Check(Hide(open)(5) == 15, "delegate to a static method"u8);
        Func<int> closed = Hide<Animal>(new Bird()).Legs;
        Check(Hide(closed)() == 2, "delegate to a virtual method"u8);
        Func<int> viaInterface = Hide<IShape>(new Disc(2)).Area;
        Check(Hide(viaInterface)() == 12, "delegate to an interface method"u8);
        Func<string> generic = new Echo("x").Say<string>;
        Check(Hide(generic)() == "x", "delegate to a generic method"u8);
        Func<int> onBox = new Dot { Size = 8 }.Area;
        Check(Hide(onBox)() == 8, "delegate to a structure's method"u8);
        Func<int> extension = "four".CountUnits;
        Check(Hide(extension)() == 4, "delegate to an extension method"u8);
        Check((Func<int, int>)Triple == open && open != square, "delegate equality"u8);
        Predicate<byte> isDigit = static b => b is >= (byte)'0' and <= (byte)'9';
        Check(Hide(isDigit)((byte)'7') && !Hide(isDigit)((byte)'x'), "predicate"u8);
    }

    private static void MulticastDelegates()
    {
        int log = 0;
        Action one = () => log = (log * 10) + 1;
        Action two = () => log = (log * 10) + 2;
        Action three = () => log = (log * 10) + 3;
        Action? all = one + two;
        all += three;
        all!();
        Check(log == 123, "multicast delegate"u8);
        log = 0;
        all -= two;
        all!();
        Check(log == 13, "multicast without the middle"u8);
        all -= one;
        all -= three;
        Check(all is null, "multicast without anything"u8);
    }

    private static void StaticConstructors()
    {
        Check(Trace.Log == 0, "static constructors are lazy"u8);
        Check(LazyA.Value == 42 && Trace.Log == 1, "static constructor"u8);
        Check(LazyA.Value == 42 && Trace.Log == 1, "static constructor runs once"u8);
        Check(LazyB.Sum() == 43 && Trace.Log == 12, "static constructor that uses another class"u8);
        Check(LazyGeneric<int>.Id != LazyGeneric<long>.Id, "static constructors of a generic class"u8);
        Check(LazyGeneric<string>.Id != LazyGeneric<Dog>.Id, "static constructors in shared code"u8);
        Check(CycleA.Value == 1 && CycleB.Value == 2, "static constructors in a cycle"u8);
        Check(Trace.Started == 1, "module initializer"u8);
        Check(Preset.Table[3] == 4 && Preset.Name == "preset", "static initializers"u8);
    }

    private static void ReferenceStatics()
    {
        Holder.Items = new int[] { 1, 2, 3 };
        Holder.Animal = new Dog();
        Check(Holder.Items[2] == 3 && Holder.Animal.Legs() == 4, "statics that are references"u8);
        Holder.Both = (new Bird(), 5);
        Check(Holder.Both.Number == 5 && Holder.Both.Animal.Legs() == 2, "statics that hold references"u8);
    }

    private static void BoxingAndNullables()
    {
        object boxed = Hide<object>(new Point { X = 1, Y = 2 });
        Point point = (Point)boxed;
        Check(point.X == 1 && point.Y == 2, "boxed structure"u8);
        int? some = Hide(5);
        int? none = Hide<int?>(null);
        Check(some.HasValue && some.Value == 5 && !none.HasValue, "nullable"u8);
        Check(some + 1 == 6 && (some + none) is null && some > 4 && !(none > 4), "lifted operators"u8);
        Check((none ?? 9) == 9 && some.GetValueOrDefault() == 5, "nullable default"u8);
        object? boxedSome = Hide<object?>(some);
        object? boxedNone = Hide<object?>(none);
        Check(boxedSome is 5 && boxedNone is null, "boxed nullable"u8);
        Check((int?)boxedSome == 5 && (int?)boxedNone is null, "unboxed nullable"u8);
        long? wide = (long?)Hide<object?>((long?)7);
        Check(wide == 7, "nullable of another size"u8);
        Check(Hide<object>(3).Equals(3) && !Hide<object>(3).Equals(4L), "equality of boxed numbers"u8);
        Check(GenericBox(new Pair<int, string>(3, "p")) is Pair<int, string> { First: 3 }, "boxed generic structure"u8);
    }

    private static void Enums()
    {
        Colour colour = Hide(Colour.Green);
        Check(colour == Colour.Green && (int)colour == 5, "enum values"u8);
        Check((Hide(Flags.A | Flags.C) & Flags.C) != 0, "enum flags"u8);
        string name = colour switch
        {
            Colour.Red => "red",
            Colour.Green => "green",
            _ => "none",
        };
        Check(name == "green", "switch on an enum"u8);
        object boxed = Hide<object>(colour);
        Check(boxed is Colour && boxed.Equals(Colour.Green) && !boxed.Equals(Colour.Red), "boxed enum"u8);
        Check(boxed.GetHashCode() == Hide<object>(Colour.Green).GetHashCode(), "hash of an enum"u8);
    }

    private static void Tuples()
    {
        (int quotient, int remainder) = Math.DivRem(Hide(17), 5);
        Check(quotient == 3 && remainder == 2, "tuple result"u8);
        (int a, int b) = (Hide(1), Hide(2));
        (a, b) = (b, a);
        Check(a == 2 && b == 1, "tuple swap"u8);
        (int, int, int, int, int, int, int, int, int) long9 = (1, 2, 3, 4, 5, 6, 7, 8, Hide(9));
        Check(long9.Item9 == 9 && long9 == (1, 2, 3, 4, 5, 6, 7, 8, 9), "long tuple"u8);
    }

    private static void Patterns()
    {
        int[] list = Hide<int[]>([1, 2, 3, 4]);
        Check(list is [1, .., 4] && list is not [_, _], "list patterns"u8);
        Check("GET /x"u8 is [(byte)'G', .. var rest] && rest.Length == 5, "list pattern over a span"u8);
        Point point = Hide(new Point { X = 3, Y = 4 });
        Check(point is { X: > 2, Y: 4 or 5 } and not { X: 9 }, "property patterns"u8);
        string size = Hide(50) switch
        {
            < 10 => "small",
            >= 10 and < 100 => "medium",
            _ => "large",
        };
        Check(size == "medium", "relational patterns"u8);
    }

    private static void IndicesAndRanges()
    {
        int[] list = [10, 11, 12, 13, 14];
        Index last = ^Hide(1);
        Range inner = 1..^1;
        Check(list[last] == 14 && list[inner].Length == 3 && list[inner][0] == 11, "index and range values"u8);
        Check(inner.GetOffsetAndLength(10) == (1, 8), "Range.GetOffsetAndLength"u8);
    }

    private static void Integers()
    {
        Check(Hide(7) / Hide(-2) == -3 && Hide(7) % Hide(-2) == 1, "division"u8);
        Check(Hide(ulong.MaxValue) / Hide(10UL) == 1844674407370955161, "64-bit division"u8);
        Check(unchecked(Hide(int.MaxValue) + 1) == int.MinValue, "unchecked overflow"u8);
        Check(checked(Hide(2000) * Hide(1000)) == 2000000, "checked multiplication"u8);
        Check(checked((byte)Hide(255)) == 255 && unchecked((byte)Hide(256)) == 0, "narrowing"u8);
        Check(checked(Hide(3_000_000_000L) * Hide(3L)) == 9_000_000_000, "checked 64-bit multiplication"u8);
        Check(Math.Abs(Hide(-5)) == 5 && Math.Sign(Hide(-3L)) == -1, "Math.Abs and Math.Sign"u8);
        Check(Math.Min(Hide(3u), 4u) == 3 && Math.Max(Hide(-3L), 4L) == 4, "Math.Min and Math.Max"u8);
        Check(Math.Clamp(Hide(15), 0, 10) == 10, "Math.Clamp"u8);
        ulong high = Math.BigMul(Hide(ulong.MaxValue), 3UL, out ulong low);
        Check(high == 2 && low == ulong.MaxValue - 2, "Math.BigMul"u8);
        Check(int.MaxValue.CompareTo(0) > 0 && 5.Equals(5), "comparison interfaces"u8);
        Check(Hide<nint>(-1) < 0 && Hide<nuint>(1) << 40 == unchecked((nuint)1099511627776), "native integers"u8);
    }

    private static void FloatingPoint()
    {
        Check(Math.Sqrt(Hide(2.25)) == 1.5 && MathF.Sqrt(Hide(9f)) == 3f, "square roots"u8);
        Check(Math.Floor(Hide(-1.5)) == -2 && Math.Ceiling(Hide(-1.5)) == -1, "floor and ceiling"u8);
        Check(Math.Truncate(Hide(-1.5)) == -1 && Math.Round(Hide(2.5)) == 2, "truncate and round"u8);
        Check(Math.Abs(Hide(-2.5)) == 2.5 && Math.Max(Hide(1.5), 2.5) == 2.5, "absolute value and maximum"u8);
        Check(double.IsNaN(Hide(double.NaN)) && !double.IsNaN(Hide(double.MaxValue)), "not a number"u8);
        Check(!double.IsNaN(Hide(double.PositiveInfinity)) && !double.IsFinite(1 / Hide(0.0)), "infinity"u8);
        Check(Hide(0.1f) + Hide(0.2f) > 0.299f, "single precision"u8);
        Check(Hide(1e300) * Hide(1e10) == double.PositiveInfinity, "overflow to infinity"u8);
    }

    private static void Conversions()
    {
        Check((int)Hide(3.99) == 3 && (long)Hide(-1e15) == -1_000_000_000_000_000, "to integers"u8);
        Check((ulong)Hide(1e19) == 10_000_000_000_000_000_000, "double to ulong"u8);
        Check((double)Hide(10_000_000_000_000_000_000UL) == 1e19, "ulong to double"u8);
        Check(Hide(7.5) % Hide(-2.0) == 1.5 && Hide(7.5f) % 2 == 1.5f, "floating-point remainder"u8);
        Check((float)Hide(16777216UL) == 16777216f && (uint)Hide(4e9f) == 4_000_000_000, "float and integers"u8);
        Check(checked((int)Hide(-7.5)) == -7 && checked((ulong)Hide(5.5)) == 5, "checked conversions"u8);
        Check(BitConverter.DoubleToInt64Bits(Hide(1.0)) == 0x3FF0000000000000, "bits of a double"u8);
        Check((short)Hide(-2) == -2 && (ushort)Hide(70000) == 4464, "between integers"u8);
    }

    private static void Bits()
    {
        Check(BitOperations.PopCount(Hide(0xF0F0u)) == 8, "PopCount"u8);
        Check(BitOperations.LeadingZeroCount(Hide(1UL)) == 63, "LeadingZeroCount"u8);
        Check(BitOperations.LeadingZeroCount(Hide(0u)) == 32, "LeadingZeroCount of 0"u8);
        Check(BitOperations.TrailingZeroCount(Hide(8)) == 3, "TrailingZeroCount"u8);
        Check(BitOperations.TrailingZeroCount(Hide(0UL)) == 64, "TrailingZeroCount of 0"u8);
        Check(BitOperations.Log2(Hide(1000u)) == 9, "Log2"u8);
        Check(BitOperations.RotateLeft(Hide(0x80000001u), 4) == 0x18, "RotateLeft"u8);
        Check(BitOperations.RoundUpToPowerOf2(Hide(1000u)) == 1024, "RoundUpToPowerOf2"u8);
        Check(BitOperations.IsPow2(Hide(64u)) && !BitOperations.IsPow2(Hide(65u)), "IsPow2"u8);
        Check(Hide(1L) << 40 == 0x100_0000_0000 && Hide(-8) >> 1 == -4 && Hide(-8) >>> 28 == 15, "shifts"u8);
    }

    private static void ByteOrders()
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x01020304);
        Check(bytes[0] == 1 && bytes[3] == 4, "big-endian write"u8);
        Check(BinaryPrimitives.ReadUInt16BigEndian(bytes) == 0x0102, "big-endian read"u8);
        Check(BinaryPrimitives.ReadUInt32LittleEndian(bytes) == 0x04030201, "little-endian read"u8);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, -2);
        Check(bytes[0] == 0xFE && BinaryPrimitives.ReadInt64LittleEndian(bytes) == -2, "64-bit"u8);
        Check(BinaryPrimitives.ReverseEndianness(Hide(0x0102030405060708UL)) == 0x0807060504030201, "reverse"u8);
        Check(!BinaryPrimitives.TryReadUInt64BigEndian(bytes[1..], out _), "TryRead without room"u8);
    }

    private static void UnsafeAccess()
    {
        int value = 0x01020304;
        ref byte first = ref Unsafe.As<int, byte>(ref value);
        Check(first == 4 && Unsafe.Add(ref first, 3) == 1, "Unsafe.As and Add"u8);
        Check(Unsafe.SizeOf<Point>() == 8 && sizeof(Pair<long, byte>) == 16, "sizes"u8);
        byte* raw = stackalloc byte[16];
        Unsafe.WriteUnaligned(raw + 1, 0x1122334455667788);
        Check(Unsafe.ReadUnaligned<ushort>(raw + 3) == 0x5566, "unaligned access"u8);
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(new Span<byte>(raw, 16));
        words[0] = 0xAABBCCDD;
        Check(words.Length == 4 && raw[3] == 0xAA, "MemoryMarshal.Cast"u8);
        ref readonly Point point = ref MemoryMarshal.AsRef<Point>(MemoryMarshal.AsBytes(words));
        Check((uint)point.X == 0xAABBCCDD, "MemoryMarshal.AsRef"u8);
        fixed (byte* pinned = "fixed"u8)
        {
            Check(pinned[4] == 'd', "fixed over a span"u8);
        }

        fixed (char* text = "text")
        {
            Check(text[3] == 't', "fixed over a string"u8);
        }

        Check(Unsafe.IsNullRef(ref Unsafe.NullRef<int>()), "null references"u8);
        Check(Unsafe.BitCast<float, uint>(Hide(1f)) == 0x3F800000, "Unsafe.BitCast"u8);
    }

    private static void Structures()
    {
        Overlay overlay = default;
        overlay.Word = 0x11223344;
        Check(overlay.Low == 0x3344 && overlay.High == 0x1122, "explicit layout"u8);
        Check(sizeof(Overlay) == 16, "explicit size"u8);
        RefHolder holder = new(ref overlay.Word);
        holder.Target = 5;
        Check(overlay.Word == 5, "ref field"u8);
        Big big = Hide(new Big { A = 1, H = 8 });
        Big copy = big;
        copy.A = 2;
        Check(big.A == 1 && copy.H == 8, "copies of a large structure"u8);
        Fixed buffer = default;
        buffer.Bytes[7] = 3;
        Check(buffer.Bytes[7] == 3 && sizeof(Fixed) == 8, "fixed buffer"u8);
        Check(LargeFrame(Hide(5)) == 5, "a frame of several pages"u8);
        Point moved = new Point { X = 1, Y = 2 } with { Y = 7 };
        Check(moved.X == 1 && moved.Y == 7, "with expression"u8);
    }

    private static void InlineArrays()
    {
        Eight eight = default;
        for (int i = 0; i < 8; i++)
        {
            eight[i] = i * i;
        }

        Check(eight[7] == 49 && sizeof(Eight) == 32, "inline array"u8);
        Span<int> span = eight;
        Check(span.Length == 8 && span[3] == 9, "span over an inline array"u8);
        Check(SumOf(1, 2, 3) == 6 && SumOf() == 0, "params span"u8);
        Span<int> collected = [Hide(1), Hide(2)];
        Check(collected.Length == 2 && collected[1] == 2, "collection expression"u8);
    }

    private static void FunctionPointers()
    {
        delegate*<int, int> managed = &Triple;
        Check(managed(Hide(4)) == 12, "managed function pointer"u8);
        delegate* unmanaged<int, int> native = &Native;
        Check(native(Hide(4)) == 5, "unmanaged function pointer"u8);
    }

    private static void Cleanup()
    {
        int log = 0;
        try
        {
            log = 1;
        }
        finally
        {
            log = (log * 10) + 2;
        }

        Check(log == 12, "finally"u8);
        Check(Early(5) == 5 && Trace.Finally == 1, "finally after a return"u8);
        int disposed = 0;
        using (new Disposable(() => disposed++))
        {
            disposed += 10;
        }

        Check(disposed == 11, "using a class"u8);
        int closed = 0;
        {
            using Closer closer = new(ref closed);
        }

        Check(closed == 1, "using a ref struct"u8);
    }

    private static void Atomics()
    {
        int number = 5;
        Check(Interlocked.Increment(ref number) == 6 && Interlocked.Add(ref number, 4) == 10, "Interlocked.Add"u8);
        Check(Interlocked.Exchange(ref number, 1) == 10 && number == 1, "Interlocked.Exchange"u8);
        Check(Interlocked.CompareExchange(ref number, 7, 1) == 1 && number == 7, "CompareExchange"u8);
        Check(Interlocked.CompareExchange(ref number, 9, 1) == 7 && number == 7, "CompareExchange that fails"u8);
        ulong mask = 0xFF;
        Check(Interlocked.Or(ref mask, 0x100) == 0xFF && mask == 0x1FF, "Interlocked.Or"u8);
        Check(Interlocked.And(ref mask, 0x10F) == 0x1FF && mask == 0x10F, "Interlocked.And"u8);
        string? text = "old";
        Check(Interlocked.Exchange(ref text, "new") == "old" && text == "new", "exchange of references"u8);
        Volatile.Write(ref mask, 3UL);
        Interlocked.MemoryBarrier();
        Check(Volatile.Read(ref mask) == 3, "Volatile"u8);
    }

    private static void Vectors128()
    {
        Span<ushort> numbers = [1, 2, 3, 4, 5, 6, 7, 0xFFFF];
        Vector128<ushort> vector = Vector128.LoadUnsafe(ref numbers[0]);
        Vector128<uint> wide = Vector128.WidenLower(vector) + Vector128.WidenUpper(vector);
        Check(Vector128.Sum(wide) == 0x1001B, "Vector128 widened and summed"u8);
        (vector << 1).StoreUnsafe(ref numbers[0]);
        Check(numbers[1] == 4 && numbers[7] == 0xFFFE, "Vector128 shifted and stored"u8);
        Check(Vector128.Sum(vector.AsByte() & Vector128.Create((byte)1)) == 6, "Vector128 as bytes"u8);
        Check(vector == Vector128.Max(vector, Vector128<ushort>.Zero), "Vector128 compared"u8);
    }

    private static void Vectors256()
    {
        Span<byte> bytes = stackalloc byte[64];
        bytes[5] = 7;
        bytes[31] = 7;
        Vector256<byte> vector = Vector256.LoadUnsafe(ref bytes[0]);
        uint found = Vector256.Equals(vector, Vector256.Create((byte)7)).ExtractMostSignificantBits();
        Check(found == 0x80000020 && Vector256<byte>.Count == 32, "Vector256 searched"u8);
        Vector256<int> ones = Vector256.Create(Hide(1));
        Vector256<int> sum = (ones + ones) - (ones ^ Vector256.Create(3));
        Check(sum == Vector256<int>.Zero && ~sum != sum, "Vector256 arithmetic"u8);
        vector.StoreUnsafe(ref bytes[0], 32);
        Check(bytes[37] == 7 && bytes[63] == 7, "Vector256 stored"u8);
        Vector256<long> longs = Vector256.Create(Hide(-8L));
        Check(Vector256.Sum(longs >> 1) == -16 && Vector256.Sum(longs >>> 60) == 60, "Vector256 shifts"u8);
        Vector256<int> chosen = Vector256.ConditionalSelect(
            Vector256.GreaterThan(ones, sum), Vector256.Create(5), Vector256.Create(6));
        Check(Vector256.Sum(chosen) == 40, "Vector256 selected"u8);
    }

    // All lengths around the steps of the assembler, at odd addresses, in both directions.
    private static void Copies()
    {
        const int Room = 6000;
        byte* source = (byte*)Heap.Allocate(Room);
        byte* target = (byte*)Heap.Allocate(Room);
        bool copied = true;
        bool filled = true;
        bool compared = true;
        bool moved = true;
        for (int length = 0; length < 5000; length += length < 300 ? 1 : 97)
        {
            for (int i = 0; i < Room; i++)
            {
                source[i] = (byte)(i * 7);
                target[i] = 0xEE;
            }

            new Span<byte>(source + 3, length).CopyTo(new Span<byte>(target + 5, length));
            copied &= Matches(target + 5, 3, length) && target[4] == 0xEE && target[5 + length] == 0xEE;
            compared &= new Span<byte>(source + 3, length).SequenceEqual(new Span<byte>(target + 5, length));
            if (length > 0)
            {
                target[5 + length - 1] ^= 1;
                compared &= !new Span<byte>(source + 3, length).SequenceEqual(new Span<byte>(target + 5, length));
            }

            new Span<byte>(target + 5, length).Fill(0x11);
            filled &= target[4] == 0xEE && target[5 + length] == 0xEE;
            filled &= length == 0 || (target[5] == 0x11 && target[5 + length - 1] == 0x11);
            filled &= new ReadOnlySpan<byte>(target + 5, length).IndexOf((byte)0xEE) < 0;
            new Span<byte>(source + 100, length).CopyTo(new Span<byte>(source + 117, length));
            moved &= Matches(source + 117, 100, length);
            new Span<byte>(source + 117, length).CopyTo(new Span<byte>(source + 90, length));
            moved &= Matches(source + 90, 100, length);
        }

        Check(copied, "memmove, all lengths"u8);
        Check(moved, "memmove with overlap, all lengths"u8);
        Check(filled, "memset and search, all lengths"u8);
        Check(compared, "memcmp, all lengths"u8);
        Heap.Free(source);
        Heap.Free(target);
    }

    private static bool Matches(byte* bytes, int start, int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (bytes[i] != (byte)((start + i) * 7))
            {
                return false;
            }
        }

        return true;
    }

    private static void TheHeap()
    {
        ulong before = Heap.BytesInUse;
        Node node = new();
        Check(Heap.BytesInUse == before + 32, "an object takes what its fields need"u8);
        Heap.Free(node);
        Check(Heap.BytesInUse == before, "Heap.Free gives it back"u8);
        Node again = new();
        Check(Unsafe.As<Node, nint>(ref node) == Unsafe.As<Node, nint>(ref again), "freed last, used first"u8);
        Heap.Free(again);
        bool zero = true;
        bool apart = true;
        nint* blocks = stackalloc nint[200];
        for (int round = 0; round < 40; round++)
        {
            for (int i = 0; i < 200; i++)
            {
                int bytes = ((i * 37) + (round * 113)) % 3000;
                byte* block = (byte*)Heap.Allocate((nuint)bytes);
                zero &= new ReadOnlySpan<byte>(block, bytes).IndexOf((byte)0xA5) < 0;
                apart &= ((nint)block & 15) == 0;
                new Span<byte>(block, bytes).Fill(0xA5);
                blocks[i] = (nint)block;
            }

            for (int i = 0; i < 200; i++)
            {
                Heap.Free((void*)blocks[(i * 77) % 200]);
            }
        }

        Check(zero, "memory is zero when it is given out"u8);
        Check(apart, "blocks are aligned"u8);
        Check(Heap.BytesInUse == before, "nothing is lost"u8);
        Check(Heap.TryAllocate(nuint.MaxValue / 2) == null, "too large an allocation"u8);
        byte[] large = new byte[100_000];
        Check(large[99_999] == 0 && Heap.BytesInUse > before + 100_000, "a large array"u8);
        Heap.Free(large);
        Check(Heap.BytesInUse == before, "a large array is given back"u8);
    }

    private static void Pages()
    {
        uint before = PageAllocator.PagesInUse;
        PageAllocator.Free(PageAllocator.TryAllocate(60));
        void* a = PageAllocator.TryAllocate(20);
        void* b = PageAllocator.TryAllocate(30);
        void* c = PageAllocator.TryAllocate(2);
        Check((byte*)b - (byte*)a == 20 * PageAllocator.PageBytes, "a run is cut"u8);
        Check(PageAllocator.PagesInUse == before + 52, "pages in use"u8);
        PageAllocator.Free(a);
        PageAllocator.Free(b);
        void* joined = PageAllocator.TryAllocate(50);
        Check(joined == a, "neighbouring free runs are joined"u8);
        PageAllocator.Free(c);
        PageAllocator.Free(joined);
        Check(PageAllocator.PagesInUse == before, "all pages are given back"u8);
        Check(PageAllocator.TryAllocate(uint.MaxValue) == null, "too long a run"u8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LargeFrame(int value)
    {
        ThreePages pages = default;
        pages.Bytes[value] = (byte)value;
        ThreePages copy = Hide(pages);
        return copy.Bytes[value];
    }

    private static int Triple(int value) => value * 3;

    [UnmanagedCallersOnly]
    private static int Native(int value) => value + 1;

    private static int Early(int value)
    {
        try
        {
            return value;
        }
        finally
        {
            Trace.Finally++;
        }
    }

    private static int SumOf(params ReadOnlySpan<int> numbers)
    {
        int sum = 0;
        foreach (int number in numbers)
        {
            sum += number;
        }

        return sum;
    }

    private static T Largest<T>(ReadOnlySpan<T> values)
        where T : IComparable<T>
    {
        T largest = values[0];
        foreach (T value in values)
        {
            largest = value.CompareTo(largest) > 0 ? value : largest;
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Area<T>(T shape)
        where T : IShape => shape.Area();

    private static int Sizes<TFirst, TSecond>()
        where TFirst : unmanaged
        where TSecond : unmanaged => sizeof(TFirst) + sizeof(TSecond);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Make<T>()
        where T : new() => new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object MakeArray<T>(int length) => new T[length];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsA<T>(object value) => value is T;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object GenericBox<T>(T value)
        where T : notnull => value;

    private static T Twice<T>(T value)
        where T : IUnit<T> => value + value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlySpan<byte> NameOf<T>()
        where T : INamedUnit => T.Name;
}
