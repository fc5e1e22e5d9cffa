import java.io.File;
import java.io.FileInputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.codehaus.mojo.animal_sniffer.ClassListBuilder;
import org.codehaus.mojo.animal_sniffer.SignatureChecker;
import org.codehaus.mojo.animal_sniffer.logging.PrintWriterLogger;

/** Whether classes call anything that the signature's Android does not have. usage: Levels SIGNATURE CLASSES… */
class Levels {
    public static void main(String[] args) throws Exception {
        var logger = new PrintWriterLogger(System.err);
        var folders = List.of(args).subList(1, args.length).stream().map(File::new).toList();
        var own = new ClassListBuilder(logger);
        for (var folder : folders) own.process(folder);
        Set<String> ignored = new HashSet<>(own.getPackages());
        // Libraries look after themselves.
        ignored.addAll(List.of("androidx.*", "kotlin.*", "kotlinx.*", "com.google.zxing.*", "com.sun.jna.*", "chuda.*"));
        var checker = new SignatureChecker(new FileInputStream(args[0]), ignored, logger);
        checker.setSourcePath(List.of());
        checker.setAnnotationTypes(List.of("androidx.annotation.RequiresApi"));
        for (var folder : folders) checker.process(folder);
        if (checker.isSignatureBroken()) System.exit(1);
    }
}
